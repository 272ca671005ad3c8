"""Translations are compiled without gettext's tools."""

import gettext
import os
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError

from buendnisse.catalogues import compile_catalogues

PO = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    'msgid "Bündnis"\nmsgstr "Alliance"\n\n#, fuzzy\nmsgid "Antrag"\nmsgstr "Wrong"\n'
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO)
    return source


def test_compile_catalogues_writes_what_gettext_reads(source: Path, tmp_path: Path) -> None:
    target = source.with_suffix(".mo")
    assert compile_catalogues([tmp_path]) == [target]
    with target.open("rb") as stream:
        translations = gettext.GNUTranslations(stream)
    assert translations.gettext("Bündnis") == "Alliance"
    assert translations.gettext("Antrag") == "Antrag"
    assert sorted(source.parent.iterdir()) == [target, source]


def test_compile_catalogues_leaves_what_is_up_to_date(source: Path, tmp_path: Path) -> None:
    compile_catalogues([tmp_path])
    assert compile_catalogues([tmp_path]) == []
    later = source.stat().st_mtime + 60
    os.utime(source, (later, later))
    assert compile_catalogues([tmp_path]) == [source.with_suffix(".mo")]


def test_compile_catalogues_refuses_a_broken_file(source: Path, tmp_path: Path) -> None:
    source.write_text('msgid "Bündnis"\n\n<<<<<<< ours\n')
    with pytest.raises(PoFileError):
        compile_catalogues([tmp_path])
