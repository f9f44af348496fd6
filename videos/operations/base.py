"""The words of an edit: sources in, a Plan of steps out. Pure values; nothing here runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from videos.media.probe.model import Probe
from videos.media.verify import Expected

if TYPE_CHECKING:
    from videos.operations.forms import OperationForm
from videos.core.enums import Role, StepCode, WorkClass
from videos.operations.outputs import OutputKind, VideoPart

Params = Mapping[str, Any]


def no_bytes() -> bytes:
    """The content of what is not there."""
    return b""


@dataclass(frozen=True, slots=True)
class SubtitleSource:
    """A subtitle file of a video as an operation sees it.

    `encoding` is the Python codec that reads it, `language` three letters of ISO 639-2/T.
    """

    id: str
    name: str
    path: Path
    format: str
    encoding: str
    language: str
    key: str = ""
    """What the library knows its file by."""
    read: Callable[[], bytes] = field(default=no_bytes, compare=False)
    """Gives its content."""


@dataclass(frozen=True, slots=True)
class Source:
    """A video as an operation sees it: its untouched original and what the probe found.

    `subtitles` are the subtitle files that belong to it, the oldest first.
    """

    video_id: str
    name: str
    path: Path
    probe: Probe
    subtitles: tuple[SubtitleSource, ...] = ()
    key: str = ""
    """What the library knows its file by."""
    read_index: Callable[[], bytes] = field(default=no_bytes, compare=False)
    """Gives the index that cutting needs; nothing where there is none yet."""

    @property
    def seconds(self) -> float:
        """The true duration, from the packet scan."""
        return self.probe.duration_us / 1_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One child process of a plan; without `argv` it is files that are moved.

    `expected_us` is the duration of what it writes (microseconds), `expected_bytes` what it reads,
    `expected_frames` how many pictures it makes; all None: its progress is unknown. `weight` is its
    expected wall time in seconds on a usual machine, and `tool` names what makes its pace beside
    the operation (encoder and preset). `failure` is a file where a child of our own says why it
    failed. `rewrites` is a file that the child moves about once it has written it, for `rewriting`
    expected seconds, and of which it says nothing.
    """

    argv: tuple[str, ...]
    code: StepCode
    weight: float
    expected_us: int | None = None
    expected_bytes: int | None = None
    expected_frames: int | None = None
    failure: Path | None = None
    tool: str = ""
    rewrites: Path | None = None
    rewriting: float = 0.0


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that a plan makes in its work folder; `expected` is what its check must find."""

    path: Path
    name: str
    kind: OutputKind | VideoPart
    media_type: str
    expected: Expected | None = None
    longer_name: str = ""
    """What it is called where the video has a file of that name already."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a task will do, known before it starts; the main artifact comes first.

    `files` are what its children read beside their sources: content by the name that a file has in
    the work folder.
    """

    steps: tuple[Step, ...]
    artifacts: tuple[Artifact, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    reads: tuple[Path, ...] = ()
    """Files of the library that its children read though no command names them."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a task will cost: its class of work and its expected wall time in seconds."""

    work_class: WorkClass
    seconds: float


@dataclass(frozen=True, slots=True)
class Words:
    """What a task says of itself at 0 %, while it works, and at 100 %."""

    starting: Promise | str
    working: Promise | str
    complete: Promise | str


def no_detail(_params: Params) -> str:
    """What distinguishes tasks of one operation, where there is nothing."""
    return ""


def always(_source: Source) -> bool:
    """Whether an operation suits a video, where it suits all."""
    return True


def nothing_more(_sources: Sequence[Source], _params: Params) -> dict[str, Any]:
    """The extra fields of an operation's answer where it has none."""
    return {}


@dataclass(frozen=True, slots=True)
class Operation:
    """A kind of edit. One file under videos/operations/ defines one as `OPERATION`.

    `template` draws its form on a video's page in place of the usual drawing; such forms stand
    first and open. `applies` says whether it makes sense for a video at all: others do not offer
    it, and what runs by itself on arrival does not run on them. `explain` says what would be done
    without doing it. `action_label` is what its button
    says, where that is not the label.
    """

    slug: str
    label: Promise | str
    words: Words
    form: type[OperationForm]
    build: Callable[[Sequence[Source], Params, Path], Plan]
    estimate: Callable[[Sequence[Source], Params], Estimate]
    detail: Callable[[Params], str] = no_detail
    role: Role = Role.EDIT
    sources: int = 1
    template: str = ""
    answer: Callable[[Sequence[Source], Params], dict[str, Any]] = field(default=nothing_more)
    applies: Callable[[Source], bool] = always
    explain: Callable[[Sequence[Source], Params], dict[str, Any]] | None = None
    action_label: Promise | str = ""

    def name(self, params: Params) -> str:
        """What a person calls a task of this kind ("Trim 00:10-00:30"), in the active language."""
        return f"{self.label} {self.detail(params)}".strip()

    @property
    def needs_probe(self) -> bool:
        """Whether its task waits until every source has been probed."""
        return self.role in (Role.EDIT, Role.ARRIVAL)
