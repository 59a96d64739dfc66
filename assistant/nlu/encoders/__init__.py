"""Sentence encoders: what turns a text into a vector, near to those of texts that mean the same in any language."""
