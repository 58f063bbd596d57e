"""`python -m eval`: the evaluation command without the rest of the command line."""

from eval.cli import app

if __name__ == "__main__":
    app()
