"""Pictures: painted anew, so that nothing but the picture itself is left of the file.

A photo tells where and when it was taken, and with which telephone. What we keep is a new file of
the same pixels, turned the way the photo wants to be seen and in the colours of the web; all else
(EXIF with the place, XMP, comments, a second file behind the first) is gone.
"""

import io
import struct
import zlib
from dataclasses import dataclass
from threading import Lock
from typing import IO, Final

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

from buendnisse.files.media_types import MediaType
from buendnisse.files.refusals import FileRefused

# More than any telephone takes; unpacked, such a picture fills 200 MB.
MOST_PIXELS: Final = 50_000_000
_PREVIEW_EDGE: Final = 480
_QUALITY: Final = 90
_PREVIEW_QUALITY: Final = 80
_FORMATS: Final = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG", MediaType.WEBP: "WEBP"}
# What a picture of ours may consist of; everything else is converted.
_MODES: Final = {
    MediaType.JPEG: frozenset({"L", "RGB"}),
    MediaType.PNG: frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}),
    MediaType.WEBP: frozenset({"RGB", "RGBA"}),
}
# Pillow's readers raise all of these for forged files.
_STUMBLES: Final = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    IndexError,
    KeyError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)
# One large picture at a time: several at once could take the memory of the whole process.
_one_at_a_time: Final = Lock()


@dataclass(frozen=True)
class Painted:
    """A picture painted anew, with a small one of it; the small one is always a JPEG."""

    content: bytes
    preview: bytes


def paint_anew(file: IO[bytes], media_type: MediaType) -> Painted:
    """The picture without anything but its pixels.

    Of a moving picture the first frame is left. Refuses with ``FileRefused`` what cannot be read
    as the format that it claims, and a picture of more than ``MOST_PIXELS`` before it is unpacked.
    """
    kind = _FORMATS[media_type]
    with _one_at_a_time:
        try:
            with Image.open(file, formats=[kind]) as picture:
                _refuse_too_large(picture)
                upright = _pixels_of(picture, media_type)
                return Painted(_saved(upright, kind), _preview_of(upright))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_large() from error
        except _STUMBLES as error:
            raise FileRefused(
                _(
                    "Das Bild ist beschädigt und lässt sich nicht öffnen. Bitte speichern Sie es "
                    "neu, zum Beispiel als JPEG."
                ),
                code="damaged",
            ) from error


def _refuse_too_large(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _too_large()


def _too_large() -> FileRefused:
    return FileRefused(
        _(
            "Das Bild hat zu viele Bildpunkte. Bitte verkleinern Sie es; möglich sind höchstens "
            "%(millions)d Millionen."
        )
        % {"millions": MOST_PIXELS // 1_000_000},
        code="too_many_pixels",
    )


def _pixels_of(picture: Image.Image, media_type: MediaType) -> Image.Image:
    profile = picture.info.get("icc_profile")
    has_transparency = picture.has_transparency_data
    upright = ImageOps.exif_transpose(picture)
    if has_transparency and media_type is not MediaType.JPEG:
        upright = upright.convert("RGBA")
    elif upright.mode not in _MODES[media_type]:
        upright = upright.convert("RGB")
    elif upright is picture:
        upright = picture.copy()
    if profile:
        upright = _in_colours_of_the_web(upright, profile)
    # Saving would write some of this back into the file.
    upright.info = {}
    return upright


def _in_colours_of_the_web(picture: Image.Image, profile: bytes) -> Image.Image:
    """As it looks with its colour profile, which is not kept; as it is where that cannot be "
    "told."""
    if picture.mode not in {"RGB", "RGBA"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, target)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return picture
    return converted or picture


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "PNG":
        picture.save(out, kind, optimize=False)
    else:
        picture.save(out, kind, quality=_QUALITY)
    return out.getvalue()


def _preview_of(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((_PREVIEW_EDGE, _PREVIEW_EDGE))
    if small.mode in {"RGBA", "LA", "P"}:
        # On white, as on paper.
        coloured = small.convert("RGBA")
        small = Image.new("RGB", coloured.size, "white")
        small.paste(coloured, mask=coloured.getchannel("A"))
    elif small.mode not in {"L", "RGB"}:
        small = small.convert("L")
    small.info = {}
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_PREVIEW_QUALITY)
    return out.getvalue()
