"""The JSON API of results."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from videos.api.types import OutputId
from videos.core.json_types import Id, described
from videos.serializers.output import OutputState, output_state
from videos.serializers.video import Deleted, deleted_state
from videos.services.library import deletion, videos

router = Router()


@described
class OutputDeleted(Deleted):
    """A result that was deleted."""

    outputId: Id


@router.delete("/outputs/{output_id}", summary="Delete a result", response=OutputDeleted)
def delete_output(request: HttpRequest, output_id: OutputId) -> OutputDeleted:
    """Hidden at once; for `undoSeconds` it can be restored, then its file is removed."""
    output = videos.find_output(request.user, output_id)
    deletion.delete_output(output)
    return {"outputId": str(output.pk), **deleted_state(output.deleted_at)}


@router.post(
    "/outputs/{output_id}/restore", summary="Undo the deletion of a result", response=OutputState
)
def restore_output(request: HttpRequest, output_id: OutputId) -> OutputState:
    """The result as it was."""
    return output_state(deletion.restore_output(request.user, output_id))
