"""The least that Django can do with the same transaction: one app, three tables, two views; nothing of the product."""
