#!/usr/bin/env python
"""Django's own management commands; the product's commands are in `counterpoint --help`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterpoint.config.settings.demo")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
