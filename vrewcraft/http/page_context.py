"""Data of every page: the texts its scripts need, in the page's language."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, override
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JavaScriptCatalog

from videos.core import messages
from videos.core.enums import StepCode
from videos.core.messages import STEPS
from videos.models.task import TaskStatus
from videos.operations import registry as operations


class _Catalog(JavaScriptCatalog):
    """Django's own reading of the `djangojs` catalogue, without its view."""

    def words(self, language: str) -> dict[str, str]:
        self.translation = DjangoTranslation(language, domain="djangojs")
        return {key: text for key, text in self.get_catalog().items() if isinstance(text, str)}


@cache
def page_data(language: str) -> dict[str, Any]:
    """Everything that scripts say, by code, in one language."""
    with override(language):
        return {
            "language": language,
            "catalog": _Catalog().words(language),
            "errors": {
                code: {"message": str(item.message), "remedy": str(item.remedy)}
                for code, item in messages.SENTENCES.items()
            },
            "operations": {
                slug: {
                    "label": str(item.label),
                    "starting": str(item.words.starting),
                    "working": str(item.words.working),
                    "complete": str(item.words.complete),
                }
                for slug, item in operations.by_slug().items()
            },
            "steps": {code.value: str(STEPS[code]) for code in StepCode},
            "statuses": {status.value: str(status.label) for status in TaskStatus},
        }


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every page."""
    return {
        "page_data": page_data(get_language() or "en"),
        "by_account": settings.VREWCRAFT_MODE == "team",
    }
