"""What other libraries answer, recorded once so that tests can compare with them anywhere."""
