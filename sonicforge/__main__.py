"""`python -m sonicforge`: the command line."""

from sonicforge.cli.application import main

if __name__ == "__main__":
    main()
