"""`python -m ilpgeo`: the command line."""

import sys

from ilpgeo.cli import main

sys.exit(main())
