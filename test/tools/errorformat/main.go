// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Reads a tool's output as reviewdog does, by the same library (Debian's
// golang-github-reviewdog-errorformat-dev), and prints what it takes for
// comments: PATH|LINE|COLUMN|TYPE|TEXT. The arguments are error formats.
package main

import (
	"fmt"
	"os"

	"github.com/reviewdog/errorformat"
)

func main() {
	format, err := errorformat.NewErrorformat(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for scanner := format.NewScanner(os.Stdin); scanner.Scan(); {
		entry := scanner.Entry()
		if entry.Valid {
			fmt.Printf("%s|%d|%d|%c|%s\n", entry.Filename, entry.Lnum, entry.Col, entry.Type, entry.Text)
		}
	}
}
