"""What only the demo has: its server with the queue inside, and a mailbox in the browser."""
