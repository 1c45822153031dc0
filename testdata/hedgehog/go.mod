module selvage/testdata/hedgehog

go 1.26
