"""The pages of the desk: what people see and do in a browser."""
