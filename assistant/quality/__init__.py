"""The quality of what is understood: a check of the training examples, and figures of a trained model."""
