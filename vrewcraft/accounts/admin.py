"""Accounts in the admin."""

import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from videos.services.tasks import control
from vrewcraft.accounts.models import Token, User, digest


@admin.register(User)
class PeopleAdmin(UserAdmin[User]):
    """Users, and actions that pause their edits."""

    actions = ("pause_queues", "resume_queues")

    def has_control_permission(self, request: HttpRequest) -> bool:
        """As for the queues of all users."""
        return control.may_control_queues(request.user)

    @admin.action(
        description=gettext_lazy("Pause the queues of the selected users"), permissions=["control"]
    )
    def pause_queues(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Running edits are paused and none starts."""
        self._each(request, people, control.pause_queue_of)

    @admin.action(
        description=gettext_lazy("Resume the queues of the selected users"), permissions=["control"]
    )
    def resume_queues(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Resumes all but those paused one by one."""
        self._each(request, people, control.resume_queue_of)

    def _each(
        self, request: HttpRequest, people: QuerySet[User], act: Callable[[UUID], None]
    ) -> None:
        for person in people:
            act(person.pk)
        text = ngettext("Done for %(count)d person.", "Done for %(count)d people.", len(people))
        self.message_user(request, text % {"count": len(people)}, messages.SUCCESS)


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin[Token]):
    """Issue a token (its secret is shown once) or revoke one by deleting it."""

    list_display = ("name", "user", "created_at", "used_at")
    fields = ("user", "name")

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        """Tokens are issued and revoked, never edited."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A token acts for its user: only a superuser issues one for somebody else."""
        if not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(username=request.user.get_username())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        """Issue the token instead of saving the form's row, and show the secret this once."""
        secret = secrets.token_urlsafe(32)
        obj.digest = digest(secret)
        super().save_model(request, obj, form, change)
        self.message_user(
            request,
            _("The token (shown only once): %(secret)s") % {"secret": secret},
            messages.WARNING,
        )
