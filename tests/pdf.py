"""Reading PDFs as people and their programs do, with poppler; for tests marked `pdf`."""

import re
import subprocess

# pdftotext marks the direction of what it writes.
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def poppler(program: str, pdf: bytes, *arguments: str) -> str:
    done = subprocess.run(
        [program, *arguments, "-", *(["-"] if program == "pdftotext" else [])],
        input=pdf,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def text_of(pdf: bytes) -> str:
    """The text in the order in which it is written, with single spaces."""
    return " ".join(_MARKS.sub("", poppler("pdftotext", pdf, "-raw")).split())


def facts_of(pdf: bytes) -> dict[str, str]:
    lines = poppler("pdfinfo", pdf).splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name: value.strip() for name, _colon, value in pairs}
