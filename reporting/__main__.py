"""`python -m reporting` is the command `reporting`."""

from reporting.cli.main import main

if __name__ == "__main__":
    main()
