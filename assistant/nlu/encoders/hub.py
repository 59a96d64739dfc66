"""A stronger encoder by its name or folder, for shops with internet and memory to spare."""

from __future__ import annotations

from pathlib import Path

from assistant.nlu.encoders.encoder import EncoderNotFound

# What of a repository is needed: not the weights for PyTorch or TensorFlow.
_FILES = ["tokenizer.json", "*config*.json", "1_Pooling/config.json", "onnx/model.onnx*", "model.onnx*"]


def encoder_folder(name: str) -> Path:
    """Return the folder of an encoder; one that is not a folder here is fetched from Hugging Face, once.

    Raises:
        EncoderNotFound: it is no folder, and cannot be fetched.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=_FILES))
    except Exception as error:  # the hub's own errors, and those of the network below it
        raise EncoderNotFound(
            f"The encoder {name!r} is neither a folder here nor could it be fetched from Hugging Face ({error}). "
            "Check QUAYSIDE_ENCODERS and the network, or put the exported model into a folder and give its path."
        ) from error
