//! Small networks by hand; random ones are compared with the golden model in Python.
