"""`python -m benchmarks.child benchmarks.module:function arguments`: one measurement's process."""

import importlib
import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buendnisse.config.settings")
    django.setup()
    module, _, function = sys.argv[1].partition(":")
    result = getattr(importlib.import_module(module), function)(*sys.argv[2:])
    print(json.dumps(result))


if __name__ == "__main__":
    main()
