"""Tables, transactions and the few writes that must be atomic: journal, jobs, outbox."""
