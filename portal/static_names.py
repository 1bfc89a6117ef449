"""Where static files are found: at addresses that follow from their content, each worked out once."""

from functools import cached_property

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticNames(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """A page of the admin asks for fifty addresses, and the files do not change while the process lives."""

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return {}

    def url(self, name: str, force: bool = False) -> str:
        """Return the address of a file. Raises ValueError where there is none."""
        if force:
            return str(super().url(name, force))
        if name not in self._addresses:
            self._addresses[name] = super().url(name)
        return self._addresses[name]
