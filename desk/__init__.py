"""The desk: cases that people work on, the people's accounts, and the door to conversations they take over."""
