"""A curve of funding as a picture: where its lines, marks and labels lie. Geometry alone.

Lengths are the units of the picture, at its smallest size pixels; the vertical axis runs downwards.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from buendnisse.templatetags.display import euro
from funding.rules.curve import Curve

WIDTH: Final = 768
HEIGHT: Final = 352
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 744, 48, 312
_TICK_LABEL_Y: Final = _BOTTOM + 24
# A letter of 16 px is about so wide; a label keeps one such distance on either side.
_LETTER: Final = 9
_LABEL_DISTANCE: Final = 30
_MOST_STEPS_UP: Final = 6
_MANY_MARKS: Final = 60
# To the upper left of a mark there is room: the line comes from below and goes on to the right.
_RIGHT_OF_MARK: Final = 4
_ABOVE_MARK: Final = 9
_FROM_LINE: Final = 4


@dataclass(frozen=True)
class Tick:
    """``at`` is x on the horizontal and y on the vertical axis."""

    at: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Mark:
    """One point of the curve; ``label`` is its number in the table, empty without room."""

    x: str
    y: str
    label: str
    label_x: str
    label_y: str


@dataclass(frozen=True)
class Chart:
    """All lengths as text, so that no locale writes them with a comma."""

    line: str
    marks: tuple[Mark, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    typed: Tick
    radius: str
    width: str = str(WIDTH)
    height: str = str(HEIGHT)
    left: str = str(_LEFT)
    right: str = str(_RIGHT)
    top: str = str(_TOP)
    bottom: str = str(_BOTTOM)
    x_ticks_to: str = str(_BOTTOM + 6)
    x_labels_at: str = str(_TICK_LABEL_Y)
    y_labels_at: str = str(_LEFT - 8)
    typed_label_at: str = str(_TOP - 26)
    typed_line_from: str = str(_TOP - 18)


def draw_chart(curve: Curve, *, additional: Decimal, up_to: Decimal) -> Chart:
    """The picture of a curve, whose first point is what there is without more money, and a line at
    ``additional``. ``up_to`` is the right end, in euros; a curve cut short ends at its last point.
    """
    points = curve.points
    most_euros = max(up_to, additional, Decimal(1))
    highest = max(point.funded for point in points)
    up = int(_step(Decimal(max(highest, 1)), _MOST_STEPS_UP))
    most = -(-max(highest, 1) // up) * up

    def x_of(euros: Decimal) -> Decimal:
        return _LEFT + (_RIGHT - _LEFT) * euros / most_euros

    def y_of(funded: Decimal | int) -> Decimal:
        return _BOTTOM - (_BOTTOM - _TOP) * Decimal(funded) / most

    places = [(x_of(point.additional), y_of(point.funded)) for point in points]
    return Chart(
        line=_line(places) + (f"H{_RIGHT}" if curve.is_complete else ""),
        marks=tuple(_marks(places, x_of(additional))),
        x_ticks=tuple(_euro_ticks(most_euros, x_of)),
        y_ticks=tuple(
            Tick(_length(y_of(number)), str(number)) for number in range(0, most + 1, up)
        ),
        typed=_typed(additional, x_of(additional)),
        radius="4" if len(points) <= _MANY_MARKS else "2.5",
    )


def _length(value: Decimal) -> str:
    return f"{value:.1f}"


def _step(highest: Decimal, most_steps: int) -> Decimal:
    """The smallest of 1, 2, 5, 10, 20, 50 … that divides an axis into few enough steps."""
    step = Decimal(1)
    while True:
        for factor in (1, 2, 5):
            if step * factor * most_steps >= highest:
                return step * factor
        step *= 10


def _line(places: Sequence[tuple[Decimal, Decimal]]) -> str:
    (first_x, first_y), *others = places
    steps = [f"M{_length(first_x)} {_length(first_y)}"]
    steps += [f"H{_length(x)}V{_length(y)}" for x, y in others]
    return "".join(steps)


def _marks(places: Sequence[tuple[Decimal, Decimal]], line_at: Decimal) -> Iterator[Mark]:
    """A mark for each point behind the first, which is what there is without more money.

    A label that the line of the typed amount would cross moves to the left of that line.
    """
    labelled_to = Decimal(_LEFT)
    for number, (x, y) in enumerate(places[1:], start=1):
        label_x = x + _RIGHT_OF_MARK
        if label_x - _LETTER * len(str(number)) - _FROM_LINE < line_at < label_x + _FROM_LINE:
            label_x = line_at - _FROM_LINE
        has_room = label_x - _RIGHT_OF_MARK - labelled_to >= _LABEL_DISTANCE
        if has_room:
            labelled_to = label_x - _RIGHT_OF_MARK
        yield Mark(
            x=_length(x),
            y=_length(y),
            label=str(number) if has_room else "",
            label_x=_length(label_x),
            label_y=_length(y - _ABOVE_MARK),
        )


def _euro_ticks(most: Decimal, x_of: Callable[[Decimal], Decimal]) -> Iterator[Tick]:
    label_width = (len(euro(most)) + 2) * _LETTER
    step = _step(most, max(1, (_RIGHT - _LEFT) // label_width))
    euros = Decimal(0)
    while euros <= most:
        x = x_of(euros)
        yield Tick(_length(x), euro(euros), _anchor(x, label_width))
        euros += step


def _typed(additional: Decimal, x: Decimal) -> Tick:
    label = euro(additional)
    return Tick(_length(x), label, _anchor(x, (len(label) + 2) * _LETTER))


def _anchor(x: Decimal, label_width: int) -> str:
    """Which end of a label stands at x, so that none of it is cut off."""
    if x - label_width // 2 < 0:
        return "start"
    if x + label_width // 2 > WIDTH:
        return "end"
    return "middle"
