-- Takes the copy of the ledger away again: procedure.yaml, when it is taken back.
DROP TABLE IF EXISTS ledger;
