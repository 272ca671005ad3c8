"""German dates where Django writes them itself, in the form of the filters `day` and `moment`."""

DATETIME_FORMAT = "j. F Y, H:i\N{NO-BREAK SPACE}\\U\\h\\r"
