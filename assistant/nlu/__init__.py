"""Understanding: Rasa graph components for language, tokens, vectors, intents, entities, emotion and risk."""
