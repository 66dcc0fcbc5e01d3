"""What a memory knows of where the refs stand, and whether they moved since it looked."""

from __future__ import annotations

from git_cmos.kept import note, stored_tips
from git_cmos.lazy import lazy
from git_cmos.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos import catchup
    from git_cmos.git.refs import Tips
else:
    catchup = lazy("git_cmos.catchup")

_RACY = "racy "  # refs moved so shortly before a look that it cannot vouch for them


class Looking(Settings):
    """The refs of one repository, beside the connection that keeps what was seen of them."""

    _tips: Tips | None

    @property
    def tips(self) -> Tips:
        """Where every ref stood at the last catch-up."""
        if self._tips is None:
            self._tips = stored_tips(self.db)
        return self._tips

    def _signature(self) -> str:
        """A name for where the refs stand, marked where it cannot vouch for them."""
        return self.repo.signature() or _RACY + self.repo.signature(racy=True)

    def _looks_caught_up(self) -> bool:
        kept = note(self.db, "signature") if self._kept_config() is not None else None
        return bool(kept) and self.repo.signature(racy=True) == str(kept).removeprefix(_RACY)

    def _signature_now(self) -> str:
        return self.repo.signature() or "racy"

    def _signature_kept(self) -> str:
        if self._kept_config() is None:  # settings may have changed: look closely
            words = repr(self.vocabulary())
            landed = catchup.landing(self.tips, self.config)
            if self._configured_by or words != note(self.db, "words"):
                return ""
            if landed != note(self.db, "landing"):
                return ""
        return note(self.db, "signature") or ""

    def _stepped(self, held: Tips, signature: str, prefix: str) -> Tips | None:
        """The tips where a commit moved one branch, and nothing else happened."""
        kept = note(self.db, "signature") or _RACY
        usual = prefix == "refs/cmos/" and not kept.startswith(_RACY)
        return self.repo.step(held, kept, signature.removeprefix(_RACY)) if usual else None
