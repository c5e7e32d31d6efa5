// SPDX-License-Identifier: GPL-3.0-or-later
//
// Nothing: the program of which this is all exists for its precompiled headers.
int main() { return 0; }
