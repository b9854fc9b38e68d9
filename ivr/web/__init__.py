"""The webhook: from a signed POST to TwiML."""
