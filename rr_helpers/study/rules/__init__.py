"""Rules across rows and tables, by what they are about; `crosschecks` lists them all."""
