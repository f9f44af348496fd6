"""What the steps of a task are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from videos.plan import StepCode

STEPS: dict[StepCode, Promise | str] = {
    StepCode.WAITING: _("Waiting"),
    StepCode.STARTING: _("Starting"),
    StepCode.FETCHING: _("Fetching"),
    StepCode.PROBING: _("Reading"),
    StepCode.ENCODING: _("Encoding"),
    StepCode.COPYING: _("Copying"),
    StepCode.FINISHING: _("Finishing"),
    StepCode.VERIFYING: _("Checking"),
    StepCode.STORING: _("Storing"),
}
