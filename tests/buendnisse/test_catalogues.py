"""Translations are compiled without gettext's tools."""

import gettext
import os
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError
from django.test import override_settings
from django.utils.translation import gettext as translate
from django.utils.translation import override

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


def test_what_was_read_before_is_read_anew(tmp_path: Path) -> None:
    """The demo of a fresh checkout compiles in the process that then serves."""
    german = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    german.parent.mkdir(parents=True)
    german.write_text(PO.partition('msgid "Bündnis"')[0])
    with german.open("a") as stream:
        stream.write('msgid "This field is required."\nmsgstr "Bitte ausfüllen."\n')
    with override_settings(LOCALE_PATHS=[tmp_path]), override("de"):
        assert translate("This field is required.") != "Bitte ausfüllen."
        compile_catalogues([tmp_path])
        assert translate("This field is required.") == "Bitte ausfüllen."


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
