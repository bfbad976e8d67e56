"""Runs a Starlark program under Python: refuses what Starlark does not have, then prints what the program recorded."""
import ast
import json as python_json
import sys

FOREIGN = {
    ast.Import: "import", ast.ImportFrom: "import", ast.ClassDef: "class", ast.Try: "try", ast.With: "with", ast.While: "while",
    ast.Global: "global", ast.Nonlocal: "nonlocal", ast.Yield: "yield", ast.Raise: "raise", ast.Assert: "assert",
    ast.Delete: "del", ast.JoinedStr: "f-strings", ast.GeneratorExp: "generator expressions", ast.Set: "sets",
    ast.SetComp: "sets", ast.Is: "is", ast.IsNot: "is not", ast.Pow: "**", ast.NamedExpr: ":=", ast.Await: "await",
    ast.AnnAssign: "annotations", ast.MatMult: "@",
}


class json:
    encode = staticmethod(python_json.dumps)


def main():
    with open(sys.argv[1], encoding="utf-8") as program:
        source = program.read()
    tree = ast.parse(source, "Tiltfile")
    for node in ast.walk(tree):
        if type(node) in FOREIGN:
            sys.exit("line %s: Starlark has no %s" % (getattr(node, "lineno", "?"), FOREIGN[type(node)]))
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            sys.exit("line %s: Starlark has no chained comparisons" % node.lineno)
    exec(compile(tree, "Tiltfile", "exec"), {"json": json, "__builtins__": {"print": print, "len": len, "str": str, "range": range}})


main()
