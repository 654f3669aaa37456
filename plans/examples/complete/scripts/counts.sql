SELECT count(*) FROM ledger;
