"""Of a photo the picture is kept, and nothing that tells where it was taken."""

import io

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from buendnisse.files.media_types import MediaType
from buendnisse.files.pictures import Painted, paint_anew
from tests.factories.files import photo, picture


def painted(content: bytes, kind: MediaType) -> tuple[Painted, Image.Image]:
    result = paint_anew(io.BytesIO(content), kind)
    image = Image.open(io.BytesIO(result.content))
    image.load()
    return result, image


def test_a_photo_loses_the_place_and_all_else_that_it_tells() -> None:
    before = photo()
    assert Image.open(io.BytesIO(before)).getexif().get_ifd(0x8825)

    result, image = painted(before, MediaType.JPEG)

    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for told in (b"Exif", b"Telefonhersteller", b"Tuebingen", b"xmp", b"2026:05:01"):
        assert told in before or told == b"xmp"
        assert told not in result.content
        assert told not in result.preview


def test_what_hides_behind_a_picture_is_gone() -> None:
    result, _image = painted(photo() + b"PK\x03\x04 <script>", MediaType.JPEG)

    assert b"<script>" not in result.content


@pytest.mark.parametrize(
    ("orientation", "size", "light"),
    [
        (1, (40, 20), (5, 10)),
        (3, (40, 20), (35, 10)),
        (6, (20, 40), (10, 5)),
        (8, (20, 40), (10, 35)),
    ],
)
def test_a_photo_is_turned_as_it_wants_to_be_seen(
    orientation: int, size: tuple[int, int], light: tuple[int, int]
) -> None:
    _result, image = painted(photo(orientation=orientation), MediaType.JPEG)

    assert image.size == size
    assert image.convert("L").getpixel(light) > 200
    dark = (size[0] - 1 - light[0], size[1] - 1 - light[1])
    assert image.convert("L").getpixel(dark) < 55


def test_words_in_a_png_are_gone_and_what_is_clear_stays_clear() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Location", "Tuebingen")
    content = picture("PNG", mode="RGBA", pnginfo=info)

    result, image = painted(content, MediaType.PNG)

    assert b"Tuebingen" not in result.content
    assert image.mode == "RGBA"
    assert image.getpixel((35, 10)) == (0, 0, 0, 0)
    # On paper: what is clear is white.
    assert Image.open(io.BytesIO(result.preview)).getpixel((35, 10)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_kind_of_png_can_be_kept(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (30, 30)).save(out, "PNG")

    result, image = painted(out.getvalue(), MediaType.PNG)

    assert image.size == (30, 30)
    assert Image.open(io.BytesIO(result.preview)).format == "JPEG"


def test_colours_of_print_become_those_of_a_screen() -> None:
    _result, image = painted(picture(mode="CMYK"), MediaType.JPEG)

    assert image.mode == "RGB"


def test_colours_look_the_same_without_their_profile() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    _result, image = painted(picture(icc_profile=profile), MediaType.JPEG)

    assert "icc_profile" not in image.info
    assert image.convert("L").getpixel((5, 10)) > 200


def test_a_profile_that_is_none_harms_nobody() -> None:
    _result, image = painted(picture(icc_profile=b"none"), MediaType.JPEG)

    assert image.size == (40, 20)


def test_of_a_moving_picture_the_first_frame_is_left() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("white", "black")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])

    _result, image = painted(out.getvalue(), MediaType.WEBP)

    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("L").getpixel((10, 10)) > 200


def test_a_preview_is_small() -> None:
    result, image = painted(picture(size=(2000, 1000)), MediaType.JPEG)

    assert image.size == (2000, 1000)
    assert Image.open(io.BytesIO(result.preview)).size == (480, 240)
