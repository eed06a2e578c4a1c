"""`python -m legalmap.cli`: the same as the command `legalmap`."""

from legalmap.cli import main

main()
