//! From the parser's tree to one that the engine evaluates as Kubernetes would, and quickly:
//!
//! - a fixed path such as `object.spec.name` becomes one input: only what it leads to is converted, and a path that leads nowhere is
//!   told by name;
//! - other selections become index operations: the engine's own copy what they select from, and answer `false` for what is no map;
//! - comprehensions become calls of our own loops.

use kube_cel::cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};

use super::inputs::{Ask, Input, Step};
use super::shape::Shape;
use super::{CelError, Role, Variables, functions, loops, names, paths, schema};

/// Loops within loops.
const MOST_LOOPS: usize = 2;
/// The longest list that an expression may write down.
const MOST_INPUTS: usize = 256;

/// The state of lowering one expression.
pub(super) struct Lowering<'a> {
    pub(super) role: Role,
    pub(super) variables: &'a Variables,
    pub(super) inputs: Vec<Input>,
    /// The names that loops around this place give to their items.
    pub(super) bound: Vec<String>,
}

type Lowered = Result<IdedExpr, CelError>;

impl<'a> Lowering<'a> {
    pub(super) fn new(role: Role, variables: &'a Variables) -> Self {
        Self { role, variables, inputs: Vec::new(), bound: Vec::new() }
    }

    pub(super) fn lower(&mut self, expression: IdedExpr) -> Lowered {
        if let Some(path) = paths::of(&expression, &self.bound) {
            return self.path(path);
        }
        let IdedExpr { id, expr } = expression;
        let expr = match expr {
            Expr::Literal(_) => expr,
            Expr::Ident(name) if self.bound.contains(&name) => Expr::Ident(name),
            Expr::Ident(name) => return Err(names::unknown_variable(&name, &self.bound)),
            Expr::Select(select) => return self.select(id, select),
            Expr::Call(call) => return self.call(id, call),
            Expr::Comprehension(comprehension) => return self.comprehension(id, *comprehension),
            Expr::List(mut list) => {
                list.elements = self.all(list.elements)?;
                Expr::List(list)
            }
            Expr::Map(mut map) => {
                for entry in &mut map.entries {
                    let EntryExpr::MapEntry(entry) = &mut entry.expr else { return Err(message_literal("")) };
                    entry.key = self.lower(std::mem::take(&mut entry.key))?;
                    entry.value = self.lower(std::mem::take(&mut entry.value))?;
                }
                Expr::Map(map)
            }
            Expr::Struct(message) => return Err(message_literal(&message.type_name)),
            Expr::Unspecified => return Err(CelError::Internal("the parser left a hole".to_owned())),
        };
        Ok(IdedExpr { id, expr })
    }

    fn all(&mut self, expressions: Vec<IdedExpr>) -> Result<Vec<IdedExpr>, CelError> {
        expressions.into_iter().map(|expression| self.lower(expression)).collect()
    }

    /// A fixed path from a root variable.
    fn path(&mut self, path: paths::Path) -> Lowered {
        let mut shape = schema::root(path.root);
        let mut at = path.root.to_owned();
        for step in &path.steps {
            shape = step_into(&shape, &at, step).map_err(CelError::Meaning)?;
            at = step.after(&at);
        }
        let ask = if path.presence { Ask::Presence } else { Ask::Value };
        self.input(Input::Path { root: path.root, steps: path.steps, ask, shape })
    }

    fn input(&mut self, input: Input) -> Lowered {
        let index = self.inputs.iter().position(|known| *known == input).unwrap_or_else(|| {
            self.inputs.push(input);
            self.inputs.len() - 1
        });
        if index >= MOST_INPUTS {
            return Err(CelError::Meaning(format!("reads more than {MOST_INPUTS} fields; split it with variables")));
        }
        Ok(made(0, Expr::Ident(input_name(index))))
    }

    /// A selection from something that is no fixed path.
    fn select(&mut self, id: u64, select: SelectExpr) -> Lowered {
        if paths::is_variables(&select.operand, &self.bound) {
            let input = names::variable(&select.field, self.role, self.variables)?;
            return if select.test { Ok(made(id, Expr::Literal(LiteralValue::Boolean(true.into())))) } else { self.input(input) };
        }
        let operand = self.lower(*select.operand)?;
        let field = made(id, Expr::Literal(LiteralValue::String(select.field.into())));
        let (operator, args) = if select.test { (operators::IN, vec![field, operand]) } else { (operators::INDEX, vec![operand, field]) };
        Ok(call(id, operator, args))
    }

    fn call(&mut self, id: u64, mut expression: CallExpr) -> Lowered {
        if let (operators::INDEX, [operand, key]) = (expression.func_name.as_str(), expression.args.as_slice())
            && paths::is_variables(operand, &self.bound)
            && let Expr::Literal(LiteralValue::String(name)) = &key.expr
        {
            let input = names::variable(name.inner(), self.role, self.variables)?;
            return self.input(input);
        }
        // The engine's own fails where the field is missing.
        if expression.func_name == operators::OPT_SELECT {
            operators::OPT_INDEX.clone_into(&mut expression.func_name);
        }
        // A cast that says nothing.
        if expression.func_name == "dyn" && expression.target.is_none() && expression.args.len() == 1 {
            return expression.args.pop().map_or_else(|| Err(message_literal("dyn")), |value| self.lower(value));
        }
        let prefixed = expression.target.as_deref().is_some_and(|target| names::is_prefix(target, &self.bound));
        if let Some(target) = expression.target.take() {
            expression.target = Some(if prefixed { target } else { Box::new(self.lower(*target)?) });
        }
        if !is_operator(&expression.func_name) {
            names::check_function(&expression, prefixed)?;
        }
        expression.args = self.all(expression.args)?;
        Ok(made(id, Expr::Call(expression)))
    }

    fn comprehension(&mut self, id: u64, comprehension: ComprehensionExpr) -> Lowered {
        let name = comprehension.iter_var.clone();
        let taken = schema::ROOTS.into_iter().chain(["variables"]).chain(functions::prefixes()).any(|taken| taken == name);
        if taken || self.bound.contains(&name) {
            return Err(CelError::Meaning(format!("{name} has a meaning already; give the item of the loop another name")));
        }
        let Some((function, range, bodies)) = taken_apart(comprehension) else {
            return Err(CelError::Internal("the parser made a loop of a kind that is not known".to_owned()));
        };
        let mut args = vec![self.lower(range)?, made(id, Expr::Literal(LiteralValue::String(name.as_str().into())))];
        self.bound.push(name);
        if self.bound.len() > MOST_LOOPS {
            return Err(CelError::Meaning(format!(
                "nests more than {MOST_LOOPS} loops; make a list of what the inner one needs with variables"
            )));
        }
        let bodies = self.all(bodies);
        self.bound.pop();
        args.extend(bodies?);
        Ok(call(id, function, args))
    }
}

/// The macro that the parser expanded: our function, what it goes over, and what it asks of each item.
fn taken_apart(comprehension: ComprehensionExpr) -> Option<(&'static str, IdedExpr, Vec<IdedExpr>)> {
    let counts = matches!(comprehension.accu_init.expr, Expr::Literal(LiteralValue::Int(_)));
    let item = Expr::Ident(comprehension.iter_var);
    let Expr::Call(CallExpr { func_name, args, .. }) = comprehension.loop_step.expr else { return None };
    let mut args = args.into_iter();
    let (function, bodies) = match func_name.as_str() {
        operators::LOGICAL_AND => (loops::ALL, vec![args.nth(1)?]),
        operators::LOGICAL_OR => (loops::EXISTS, vec![args.nth(1)?]),
        operators::ADD => (loops::MAP, vec![only_element(args.nth(1)?)?]),
        operators::CONDITIONAL if counts => (loops::EXISTS_ONE, vec![args.next()?]),
        operators::CONDITIONAL => {
            let filter = args.next()?;
            let Expr::Call(CallExpr { args, .. }) = args.next()?.expr else { return None };
            let value = only_element(args.into_iter().nth(1)?)?;
            if value.expr == item { (loops::FILTER, vec![filter]) } else { (loops::MAP, vec![filter, value]) }
        }
        _ => return None,
    };
    Some((function, comprehension.iter_range, bodies))
}

fn only_element(list: IdedExpr) -> Option<IdedExpr> {
    if let Expr::List(list) = list.expr { list.elements.into_iter().next() } else { None }
}

/// The name of an input in the lowered tree; no expression can write it.
pub(super) fn input_name(index: usize) -> String {
    format!("@{index}")
}

/// What a step leads to.
pub(super) fn step_into(shape: &Shape, at: &str, step: &Step) -> Result<Shape, String> {
    use super::inputs::Key;
    let next = match &step.key {
        Key::Name(name) => shape.field(at, name)?,
        Key::Index(_) => shape.element(),
    };
    Ok(if step.optional { next.optional() } else { next })
}

/// The parser gives operators names that no function can have.
pub(super) fn is_operator(name: &str) -> bool {
    name.contains(['_', '@']) && !name.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '.')
}

fn message_literal(name: &str) -> CelError {
    CelError::Meaning(format!("makes an object of type {name}; expressions of guardrails know maps only, such as {{'key': 'a'}}"))
}

fn made(id: u64, expr: Expr) -> IdedExpr {
    IdedExpr { id, expr }
}

fn call(id: u64, name: &str, args: Vec<IdedExpr>) -> IdedExpr {
    made(id, Expr::Call(CallExpr { func_name: name.to_owned(), target: None, args }))
}
