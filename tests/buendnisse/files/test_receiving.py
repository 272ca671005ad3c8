"""What a file is by its content, and what is refused with which sentence."""

import hashlib
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buendnisse.files.media_types import ACCEPT, MediaType
from buendnisse.files.receiving import ReceivedFile, receive
from buendnisse.files.refusals import FileRefused
from tests.factories.files import MAIN_PARTS, OPEN_DOCUMENT, PDF, archive, office, picture, upload

LARGEST = 1024 * 1024
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)


def receiving(content: bytes, name: str = "datei.bin") -> ReceivedFile:
    return receive(upload(content, name), largest=LARGEST)


def refusal_of(content: bytes, name: str = "datei.pdf") -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        receiving(content, name)
    return refused.value


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF, MediaType.PDF),
        (picture("JPEG"), MediaType.JPEG),
        (picture("PNG"), MediaType.PNG),
        (picture("WEBP"), MediaType.WEBP),
        *((office(kind), MediaType[kind.upper()]) for kind in (*MAIN_PARTS, *OPEN_DOCUMENT)),
    ],
    ids=lambda value: value.name if isinstance(value, MediaType) else "",
)
def test_a_file_is_what_its_content_says(content: bytes, expected: MediaType) -> None:
    received = receiving(content, "rechnung.exe")

    assert received.media_type == expected
    assert received.name == f"rechnung.exe{expected.extensions[0]}"
    assert received.received_digest == hashlib.sha256(content).hexdigest()
    kept = received.content.read()
    assert (received.size, received.digest) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert bool(received.preview) == expected.is_image


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "empty", "Die Datei ist leer"),
        (PDF + bytes(LARGEST), "too_large", "möglich sind höchstens 1\xa0MB"),
        (b"Guten Tag", "not_accepted", "Dieses Format nehmen wir nicht an"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "not_accepted", "Dieses Format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_accepted", "Dieses Format"),
        (b"MZ" + bytes(200), "not_accepted", "Dieses Format"),
        (b"GIF89a" + bytes(200), "not_accepted", "Dieses Format"),
        (HEIC, "not_accepted", "HEIC"),
        (COMPOUND, "old_office", "im alten Format oder eine mit Kennwort"),
        (archive({"a.txt": "a"}), "not_accepted", "ZIP-Archiv"),
        # By its folders a document, and for that alone some programs take it for one.
        (archive({"word/document.xml": "<x/>"}), "not_accepted", "ZIP-Archiv"),
        (archive({"mimetype": "application/epub+zip"}), "not_accepted", "ZIP-Archiv"),
        (b"PK\x03\x04" + bytes(80), "damaged", "beschädigt"),
        (office("docx")[:-30], "damaged", "beschädigt"),
        (picture("JPEG")[:200], "damaged", "beschädigt"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "damaged", "beschädigt"),
    ],
)
def test_what_is_not_taken_is_refused_with_a_sentence(
    content: bytes, code: str, words: str
) -> None:
    refused = refusal_of(content, "datei")

    assert refused.code == code
    assert words in str(refused)


@pytest.mark.parametrize("name", ["Satzung.pdf", "Satzung.PDF", "Plan.xlsx"])
def test_what_is_not_what_its_name_says_is_called_damaged(name: str) -> None:
    assert "beschädigt oder ist nicht, was ihr Name sagt" in str(refusal_of(b"Guten Tag", name))


@pytest.mark.parametrize(
    "content",
    [
        office("docx", main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        office("xlsx", more={"xl/vbaProject.bin": b"x"}),
        office("pptx", more={"ppt/VBAPROJECT.BIN": b"x"}),
        office("odt", more={"Basic/Standard/Module1.xml": "<x/>"}),
        office("ods", more={"Scripts/python/evil.py": "x"}),
    ],
)
def test_office_files_with_macros_are_refused_by_their_content(content: bytes) -> None:
    refused = refusal_of(content, "harmlos.docx")

    assert refused.code == "macros"
    assert "Makros" in str(refused)


def test_an_archive_that_unpacks_to_far_too_much_is_refused() -> None:
    content = office("odt")
    # The size that the directory at its end gives for the first entry.
    place = content.index(b"PK\x01\x02") + 24
    forged = content[:place] + struct.pack("<L", 500 * 1024 * 1024) + content[place + 4 :]

    assert refusal_of(forged).code == "bomb"


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims this size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack("!L", len(data)) + kind + data + struct.pack("!L", zlib.crc32(kind + data))
        )

    header = struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99)))


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(side: int) -> None:
    refused = refusal_of(png_of(side, side), "foto.png")

    assert refused.code == "too_many_pixels"
    assert "höchstens 50 Millionen" in str(refused)


def test_the_dialogue_for_files_offers_what_is_taken() -> None:
    assert ACCEPT == ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx,.pptx,.odt,.ods,.odp"


@given(
    start=st.sampled_from([PDF, picture(), picture("PNG"), picture("WEBP"), office("docx"), b""]),
    cut=st.integers(0, 900),
    noise=st.binary(max_size=200),
)
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_whatever_comes_is_taken_or_refused_with_a_sentence(
    start: bytes, cut: int, noise: bytes
) -> None:
    refused = None
    try:
        receiving(start[:cut] + noise + start[cut + len(noise) :])
    except FileRefused as refusal:
        refused = refusal

    assert refused is None or str(refused).endswith(".")
