"""Everything that runs inside Rasa: the channel, understanding, our policies and the replies."""
