"""`make train`: train the model from the data as it is now, even when one fits."""

from __future__ import annotations

from core.settings import ROOT
from ops.failure import run_command
from ops.model import train
from ops.setup import prepare_secrets


def main() -> None:
    """Train and say where the model is."""
    prepare_secrets()
    print("Training the model (some seven minutes on two cores):", flush=True)
    print(f"The new model is {train(validate=True).relative_to(ROOT)}; a running assistant takes it at its next start.")


if __name__ == "__main__":
    run_command(main)
