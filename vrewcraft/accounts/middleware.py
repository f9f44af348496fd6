"""Who is asking: a program by its token, a person by the session; in local mode, the owner."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from videos.core.errors import AppError
from videos.http.error_responses import error_response
from vrewcraft.accounts.models import Token, User


def sign_in(request: HttpRequest, user: User) -> None:
    """Make `user` the one who asks, for synchronous and asynchronous views."""

    async def auser() -> User:
        return user

    request.user = user
    request.auser = auser


class LocalOwnerMiddleware:
    """Signs the one owner of a local library in, without a session. Not used in team mode.

    A request with a token is left to TokenMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.VREWCRAFT_MODE != "local":
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if bearer_of(request) is None and not request.user.is_authenticated:
            sign_in(request, User.objects.local_owner())
        return self.get_response(request)


class TokenMiddleware:
    """Signs a program in by `Authorization: Bearer`. A wrong token is refused, never ignored.

    A request with a token needs no CSRF token: no page of another site can send one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = bearer_of(request)
        if secret is not None:
            user = Token.objects.user_of(secret)
            if user is None:
                return error_response(AppError("unauthorised", 401))
            sign_in(request, user)
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001
        return self.get_response(request)


def bearer_of(request: HttpRequest) -> str | None:
    """The secret that comes with a request, or None."""
    return bearer(request.headers.get("Authorization", ""))


def bearer(header: str) -> str | None:
    """The secret of an `Authorization: Bearer` header (RFC 6750), or None."""
    scheme, _, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None
