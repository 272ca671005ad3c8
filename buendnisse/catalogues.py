"""Compiled translations, made without gettext's tools, which a fresh machine lacks."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.reloader import translation_file_changed


def compile_catalogues(directories: Iterable[Path]) -> list[Path]:
    """Write the .mo file beside every .po file that is newer; return those written.

    A file appears whole or not at all, so that processes may do this side by side. This process
    speaks with the new ones from here on: what Django has read by then, it forgets. Refuses a
    catalogue that cannot be read (`babel.messages.pofile.PoFileError`).
    """
    written = []
    for directory in directories:
        for source in sorted(directory.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as stream:
                catalogue = read_po(stream, abort_invalid=True)
            with NamedTemporaryFile(dir=source.parent, suffix=".tmp", delete=False) as unfinished:
                write_mo(unfinished, catalogue)
            Path(unfinished.name).replace(target)
            target.chmod(0o644)
            translation_file_changed(sender=None, file_path=target)
            written.append(target)
    return written
