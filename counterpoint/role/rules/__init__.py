"""Pure decisions of chapter 1: values in, frozen values out."""
