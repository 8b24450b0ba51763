module meshmigration/test/e2e/images/program

go 1.26.0
