"""What a memory knows of git's settings: read once, kept while their files stay as they are."""

from __future__ import annotations

from git_cmos import config
from git_cmos.kept import note, self_note
from git_cmos.lazy import lazy
from git_cmos.schema import DERIVED_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from git_cmos import adopted
    from git_cmos.claims import Vocabulary
    from git_cmos.config import Config
    from git_cmos.git import Repo
else:
    adopted = lazy("git_cmos.adopted")


class Settings:
    """The settings of one repository, beside the connection that keeps them."""

    repo: Repo
    db: sqlite3.Connection
    _config: Config | None
    _configured_by: str

    @property
    def config(self) -> Config:
        """git's settings here; kept between commands as long as their files stay as they are."""
        if self._config is None:
            self._config = self._kept_config() or self._read_config()
        return self._config

    def vocabulary(self) -> Vocabulary:
        """How commits are read here."""
        return adopted.vocabulary(self.db, self.config)

    def _kept_config(self) -> Config | None:
        """The settings of the last command, if nothing can have changed them since."""
        if config.by_environment() or self._configured_by:
            return None
        if self._config is None:
            kept = note(self.db, "settings") if self._derived_is_current() else None
            self._config = config.unpack(kept, self.repo.git_dir) if kept else None
        return self._config

    def _read_config(self) -> Config:
        self._configured_by = ""
        found, files = config.read(self.repo.git_dir)
        if not config.by_environment():
            self._configured_by = config.pack(found, files, self.repo.git_dir)
        return found

    def _derived_is_current(self) -> bool:
        return self_note(self.db, "derived") == DERIVED_VERSION
