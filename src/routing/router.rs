pub struct Router;
