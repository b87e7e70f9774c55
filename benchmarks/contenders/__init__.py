"""Other ways to answer the same questions, each a server of its own."""
