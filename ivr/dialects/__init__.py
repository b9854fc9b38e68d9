"""What a provider speaks: TwiML; and the plain lines of a transcript."""
