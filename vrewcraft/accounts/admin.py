"""Accounts in the admin."""

import secrets
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from vrewcraft.accounts.models import Token, User, digest

admin.site.register(User, UserAdmin)


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
            _("The token, shown only now: %(secret)s") % {"secret": secret},
            messages.WARNING,
        )
