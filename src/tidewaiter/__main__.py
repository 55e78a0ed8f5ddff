"""``python -m tidewaiter`` is the command line."""

from tidewaiter.cli import main

if __name__ == "__main__":
    main()
