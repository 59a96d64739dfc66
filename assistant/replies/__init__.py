"""What the assistant says: the texts of domain.yml in the shopper's language, with typed values written for it."""
