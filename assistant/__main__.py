"""`python -m assistant`: the command line, as `tongbao` is."""

from assistant.cli import main

if __name__ == "__main__":
    main()
